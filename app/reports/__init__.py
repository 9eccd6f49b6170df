"""An experiment as a file: for spreadsheets, programs, pull requests, people and CI."""

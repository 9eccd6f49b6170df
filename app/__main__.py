"""`python -m app` is `llmops`."""

from app.cli.main import main

if __name__ == "__main__":
    main()

"""The transaction of one HTTP request."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from app.core.database import unit_of_work


def open_session() -> Iterator[Session]:
    with unit_of_work() as session:
        yield session


# scope="function": the transaction commits before the answer leaves, and a stream holds none
SessionDep = Annotated[Session, Depends(open_session, scope="function")]

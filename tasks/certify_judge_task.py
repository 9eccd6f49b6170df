from uuid import UUID

from app.core.celery_app import Task, app
from app.review import certificates


@app.task(name=Task.certify_judge.value)
def certify_judge(certificate_id: str) -> None:
    certificates.decide(UUID(certificate_id))

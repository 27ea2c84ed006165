"""The service that came before this tool, rebuilt from its description, to be measured beside it.

Not its own code, and not ours to ship: what such demonstrations look like that score texts in
FastAPI's ``BackgroundTasks``, a session a request, jobs in a SQLite table, all at the defaults of
its libraries. Its stand-in for a model is the keyword rule that ``demo`` has kept; the five seconds
that it slept before each text are left out, so that what remains is the price of the way it works.

``uvicorn ancestor:app`` runs it, on the database that ``ANCESTOR_DATABASE`` names. As it comes it has
SQLAlchemy's 15 connections, of which a request holds one until its background task is done, and the
task needs another: of 200 requests at once each waits for the others, until each gives up after 30
seconds with a 500. With ``ANCESTOR_TUNED`` it has connections for all of them, a write-ahead log, and a
minute's patience with locks: as much as its operator could do for it without writing it anew.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

DATABASE_URL = os.environ.get("ANCESTOR_DATABASE", "sqlite:///./sentiment.db")

engine = create_engine(DATABASE_URL, connect_args={"check_same_thread": False})
if os.environ.get("ANCESTOR_TUNED"):
    engine = create_engine(
        DATABASE_URL, connect_args={"check_same_thread": False, "timeout": 60}, pool_size=1_000
    )
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA journal_mode = WAL"))
SessionLocal = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    pass


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_uuid: Mapped[str] = mapped_column(
        unique=True, index=True, default=lambda: str(uuid.uuid4())
    )
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    result_label: Mapped[str | None]
    result_score: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class PredictRequest(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)


class JobResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    job_uuid: str
    status: str
    result_label: str | None = None
    result_score: float | None = None


def get_db() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


Database = Annotated[Session, Depends(get_db)]


def analyze(text: str) -> tuple[str, float]:
    lowered = text.lower()
    if any(word in lowered for word in ("good", "great", "amazing", "love", "excellent")):
        return "positive", 0.95
    if any(word in lowered for word in ("bad", "terrible", "hate", "awful", "horrible")):
        return "negative", 0.92
    return "neutral", 0.78


def process_job(job_uuid: str) -> None:
    with SessionLocal() as db:
        job = db.scalars(select(Job).where(Job.job_uuid == job_uuid)).one()
        try:
            job.status = "processing"
            db.commit()
            job.result_label, job.result_score = analyze(job.text)
            job.status = "completed"
            db.commit()
        except Exception:  # noqa: BLE001 - as such services do: whatever it was, the job has failed
            db.rollback()
            job.status = "failed"
            db.commit()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    Base.metadata.create_all(engine)
    yield


app = FastAPI(title="Sentiment API", lifespan=lifespan)


@app.get("/")
def root() -> dict[str, str]:
    return {"message": "Sentiment API"}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.post("/predict", status_code=status.HTTP_202_ACCEPTED, response_model=JobResponse)
def predict(request: PredictRequest, background_tasks: BackgroundTasks, db: Database) -> Job:
    job = Job(text=request.text)
    db.add(job)
    db.commit()
    db.refresh(job)
    background_tasks.add_task(process_job, job.job_uuid)
    return job


@app.get("/jobs/{job_uuid}", response_model=JobResponse)
def get_job(job_uuid: str, db: Database) -> Job:
    job = db.scalars(select(Job).where(Job.job_uuid == job_uuid)).first()
    if job is None:
        raise HTTPException(status_code=404, detail="Job not found")
    return job


@app.get("/jobs", response_model=list[JobResponse])
def list_jobs(db: Database, skip: int = 0, limit: int = 10) -> Sequence[Job]:
    newest_first = select(Job).order_by(Job.created_at.desc(), Job.id.desc())
    return db.scalars(newest_first.offset(skip).limit(limit)).all()

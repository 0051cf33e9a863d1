"""Spark gives the files that local processes give: on two cores, on a cluster of two workers, and when one is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as arrow
import pytest
from conftest import FIXTURES, Result
from test_bulk import LABEL, ROWS, lines, told, tree

from tender_tracker.bulk import batches
from tender_tracker.bulk.job import Job
from tender_tracker.flagging import rulepack

Tenders = Callable[..., Result]
SLICES = 24


def test_arrow_batches_get_the_labels_that_flag_gives(tmp_path: Path, tenders: Tenders) -> None:
    """What Spark maps over its data, without Spark."""
    bad = [{"id": "x", "title": None, "text": None}, {"id": "y", "text": "采购", "jurisdiction": "atlantis"}]
    keys = dict.fromkeys(key for row in (*ROWS, *bad) for key in row)
    given = arrow.RecordBatch.from_pylist([{**dict.fromkeys(keys), **row, "spare": 1} for row in (*ROWS, *bad)])
    (answer,) = batches.labelled([given], Job(rulepack.read()))
    assert answer.schema == batches.arrow_schema()
    flagged = [json.loads(line) for line in tenders("flag", "--jsonl", lines(tmp_path / "rows.jsonl", ROWS)).lines]
    rows = answer.to_pylist()
    for row, line in zip(rows, flagged, strict=False):
        assert row["pack"] and row["refused"] is None
        for key in ("id", "level", "compute", "import_policy", "families", "lots"):
            assert row[key] == line[key]
        for found, wanted in zip(row["evidence"], line["evidence"], strict=True):
            assert found == {key: wanted[key] for key in found}
    assert [row["id"] for row in rows] == [*(row["id"] for row in ROWS), "x", "y"]
    assert [(row["level"], bool(row["refused"])) for row in rows[len(ROWS) :]] == [(None, True)] * 2


def test_spark_that_is_not_installed_is_told(tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    given = lines(tmp_path / "rows.jsonl", ROWS)
    done = tenders("bulk", "label", given, "-o", tmp_path / "out", "--engine", "spark")
    assert done.code == 2
    assert "tenders[spark]" in done.err


@pytest.fixture(scope="module")
def spark_home() -> Path:
    """Where Spark lies; skips where it or Java is missing."""
    pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
    if not shutil.which("java"):
        pytest.skip("no java is here")
    return Path(pyspark.__file__).parent


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Saved pages and many slices of rows."""
    shutil.copytree(FIXTURES / "ningbo", tmp_path / "in" / "pages")
    for number in range(SLICES):
        rows = [{**row, "id": f"{number}-{place}"} for place, row in enumerate(ROWS)]
        lines(tmp_path / "in" / f"{number:02}.jsonl", [*rows, "broken"])
    return tmp_path / "in"


def label(folder: Path, out: Path, master: str) -> subprocess.Popen[str]:
    """A run of its own on Spark; the workers find the program only by what travels with the job."""
    words = ("bulk", "label", str(folder), "-o", str(out), "--engine", "spark", "--master", master)
    clean = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    return subprocess.Popen(
        [sys.executable, "-m", "tender_tracker", *words], env=clean, stderr=subprocess.PIPE, text=True
    )


def same_as_local(folder: Path, out: Path, tenders: Tenders) -> None:
    """All files, byte for byte, and the account of what was refused."""
    local = out.with_name("local")
    assert tenders(*LABEL, folder, "-o", local).code == 3
    assert tree(out) == tree(local)
    assert told(out)["refused"] == SLICES


@pytest.mark.spark
def test_two_cores_of_spark_write_what_local_processes_write(
    archive: Path, tmp_path: Path, tenders: Tenders, spark_home: Path
) -> None:
    run = label(archive, tmp_path / "out", "local[2]")
    _, err = run.communicate(timeout=300)
    assert run.returncode == 3, err
    same_as_local(archive, tmp_path / "out", tenders)


@pytest.mark.spark
def test_the_same_function_labels_data_that_spark_reads_itself(tmp_path: Path, spark_home: Path) -> None:
    program = f"""
import json, sys
from pathlib import Path
from pyspark.sql import SparkSession
from tender_tracker.bulk import batches, spark
from tender_tracker.bulk.job import Job
from tender_tracker.flagging import rulepack
session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
session.sparkContext.addPyFile(str(spark.zipped(Path({str(tmp_path)!r}))))
frame = session.read.json({str(lines(tmp_path / "rows.jsonl", ROWS))!r})
labels = spark.labels(frame, Job(rulepack.read())).orderBy("id")
print(json.dumps([row.asDict(recursive=True) for row in labels.collect()], ensure_ascii=False))
session.stop()
"""
    clean = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    done = subprocess.run([sys.executable, "-c", program], env=clean, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    given = arrow.RecordBatch.from_pylist([{**dict.fromkeys(("kind", "jurisdiction")), **row} for row in ROWS])
    (answer,) = batches.labelled([given], Job(rulepack.read()))
    assert json.loads(done.stdout.splitlines()[-1]) == answer.to_pylist()


class Cluster:
    """A master and two workers of one core each, on loopback."""

    def __init__(self, home: Path, folder: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        self.home, self.folder = home, folder
        self.url = f"spark://127.0.0.1:{port}"
        spark = "org.apache.spark.deploy"
        self.processes = [self._java("master", f"{spark}.master.Master", "--host", "127.0.0.1", "--port", str(port))]
        self._await("master", "I have been elected leader")
        for name in ("one", "two"):
            words = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / name))
            self.processes.append(self._java(name, f"{spark}.worker.Worker", *words, self.url))
        for name in ("one", "two"):
            self._await(name, "Successfully registered with master")

    def _java(self, name: str, kind: str, *words: str) -> subprocess.Popen[bytes]:
        """In a session of its own, so that it can be ended with all that it started."""
        (self.folder / "log4j2.properties").write_text(
            "rootLogger.level = info\nrootLogger.appenderRef.stdout.ref = console\nappender.console.type = Console\n"
            "appender.console.name = console\nappender.console.layout.type = PatternLayout\n"
            "appender.console.layout.pattern = %m%n\n"
        )
        words = ("-cp", f"{self.folder}:{self.home / 'jars'}/*", kind, "--webui-port", "0", *words)
        known = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(self.home), "SPARK_SCALA_VERSION": "2.13"}
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                ["java", "-Xmx512m", *words],
                env={**os.environ, **known},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _await(self, name: str, words: str) -> None:
        for _ in range(600):
            if words in (self.folder / f"{name}.log").read_text("utf-8", "replace"):
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / f"{name}.log").read_text("utf-8", "replace")[-2000:])

    def kill_a_worker(self) -> None:
        os.killpg(self.processes[-1].pid, signal.SIGKILL)

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(spark_home: Path, tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    made = Cluster(spark_home, tmp_path / "cluster")
    try:
        yield made
    finally:
        made.end()


@pytest.mark.spark
@pytest.mark.parametrize("killed", [False, True])
def test_a_cluster_writes_the_same_even_when_a_worker_is_killed(
    archive: Path, tmp_path: Path, tenders: Tenders, cluster: Cluster, killed: bool
) -> None:
    out = tmp_path / "out"
    run = label(archive, out, cluster.url)
    try:
        if killed:
            while len(list((out / "_finished").glob("*.json"))) < 3:
                assert run.poll() is None, run.communicate()[1]
                time.sleep(0.01)
            cluster.kill_a_worker()
            assert len(list((out / "_finished").glob("*.json"))) < SLICES
        _, err = run.communicate(timeout=400)
    finally:
        run.kill()
    assert run.returncode == 3, err
    same_as_local(archive, out, tenders)

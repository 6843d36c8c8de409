"""What the durability tests run in processes of their own: a small real model, and jobs read from the command line."""

import json
import os
import resource
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from qa.errors import WenjuError
from qa.language.scripts import fold
from qa.library import Library


class Characters:
    """A text is how often each character occurs in it, hashed into 32 places."""

    dimension, name, fingerprint = 32, "characters", "characters"

    def encode_passages(self, texts):
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in fold(text):
                row[ord(character) % self.dimension] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    encode_queries = encode_passages


def record(number: int, paragraphs: int = 3) -> dict[str, str]:
    text = "\n".join(f"第{number}号行动第{part}阶段,某局出动警力{number * 100 + part}人次,化解矛盾纠纷{number}起。" * 4
                     for part in range(paragraphs))
    return {"id": f"r{number}", "title": f"第{number}号行动", "text": text}


def opened(path: str | Path, **options) -> Library:
    return Library.open(path, embedder=Characters(), **options)


def acknowledge(path: str) -> None:
    """Add articles one after the other, replace and remove some, and say each time what has been promised."""
    with opened(path) as library:
        say("ready")
        for number in range(10_000):
            report = library.add(record(number))[0]
            say(f"+{report.article_id}")
            if number % 5 == 4:
                victim = library.articles()[0].id
                say(f"?{victim}")
                library.remove(victim)
                say(f"-{victim}")


def writer(path: str) -> None:
    """Add the record whose number stands in each line of the input, all at once with the other writer."""
    with opened(path) as library:
        say("ready")
        for line in sys.stdin:
            try:
                library.add(*(record(int(line) * 10 + each) for each in range(3)))
                say("done")
            except WenjuError as error:
                say(f"{type(error).__name__}: {error}")


def reader(path: str) -> None:
    """Search until the input ends; every answer must come from one generation: both files in the same version."""
    import threading

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    rounds = 0
    with opened(path) as library:
        say("ready")
        while not ended.is_set():
            versions = {hit.article.title.split("版")[0] for hit in library.search("甲乙两文的版本数字", k=50)}
            assert len(versions) == 1, versions
            assert len({hit.article.source for hit in library.search("甲乙两文的版本数字", k=50)}) == 2
            rounds += 1
    say(str(rounds))


def limited(path: str, limit: str) -> None:
    """Add and remove with no file allowed to grow beyond a limit."""
    with opened(path) as library:
        library.search("出动警力")
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        try:
            library.add(*(record(number) for number in range(100, 110)))
            say("done")
        except WenjuError as error:
            say(f"{type(error).__name__}: {error}")
        hits = library.search("第3号行动", k=3)
        say(hits[0].article.source)


def full(path: str) -> None:
    """Open, search, check and add where not a single byte can be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    with opened(path, create=False) as library:
        say(json.dumps([[hit.article.source, hit.passage.text] for hit in library.search("第3号行动", k=3)]))
        say(json.dumps(library.check()))
        for change in (lambda: library.add(record(77)), lambda: library.remove(library.articles()[0].id)):
            try:
                change()
            except WenjuError as error:
                say(f"{type(error).__name__}: {error}")
        say(library.search("第3号行动", k=1)[0].article.source)


def faulted(path: str, switch: str) -> None:
    """Do each job that a line of the input names in a process of its own, whose nth operation on a file fails.

    Runs under faults.c; what became of each job is one line: how it ended, and what a search finds afterwards.
    """
    say("ready")
    for line in sys.stdin:
        job, how, nth = line.split()
        child = os.fork()
        if not child:
            os.environ.update(FAULT_HOW=how, FAULT_AT=nth)
            _faulted_job(path, job, Path(switch))
        os.waitpid(child, 0)
        Path(switch).unlink(missing_ok=True)
        say("end")


def _faulted_job(path: str, job: str, switch: Path) -> None:
    with opened(path) as library:
        library.search("出动警力")
        victim = library.articles()[0].id
        switch.touch()
        try:
            if job == "add":
                library.add(*(record(number) for number in range(100, 103)))
            else:
                library.remove(victim)
            said = "done"
        except (WenjuError, OSError) as error:
            said = f"{type(error).__name__}: {error}"
        try:
            found = sorted({hit.article.source for hit in library.search("出动警力 化解矛盾纠纷", k=500)})
        except (WenjuError, OSError) as error:
            found = [f"{type(error).__name__}: {error}"]
    switch.unlink()
    say(json.dumps([said, found]))
    os._exit(0)


def readonly(path: str, warm: str) -> None:
    """Search and ask where nothing can be written, as somebody who may not write."""
    from qa.answering import Assistant

    with opened(warm) as library:
        library.search("出动警力多少人次")
        reader = Assistant(library).reader
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    with opened(path, create=False) as library:
        say(json.dumps([[hit.article.source, hit.passage.text] for hit in library.search("第3号行动", k=3)]))
        say(json.dumps(library.check()))
        try:
            library.add(record(77))
        except WenjuError as error:
            say(f"{type(error).__name__}: {error}")
        say(Assistant(library, reader).ask("第3号行动化解矛盾纠纷多少起?").headline)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"acknowledge": acknowledge, "writer": writer, "reader": reader, "limited": limited, "full": full,
     "faulted": faulted, "readonly": readonly}[sys.argv[1]](*sys.argv[2:])

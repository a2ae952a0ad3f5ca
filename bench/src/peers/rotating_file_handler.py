"""Python's RotatingFileHandler with JSON lines: one task of the bench, the words as in child/mod.rs."""

import json
import logging
import logging.handlers
import os
import sys
import threading
import time

FIELDS = ("operation", "order_id", "agent", "user", "outcome", "duration_ms", "shelf", "cents", "weight", "express", "note")
BURST = 50


class Json(logging.Formatter):
    def format(self, record):
        line = {"timestamp": record.created, "level": record.levelname, "message": record.getMessage()}
        line.update((key, getattr(record, key)) for key in FIELDS)
        return json.dumps(line)


def set_up(directory):
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "audit.log")
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=1 << 40, backupCount=5)
    handler.setFormatter(Json())
    logger = logging.getLogger("bench")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return logger


def record(logger, n, note):
    start = time.perf_counter()
    took = (time.perf_counter() - start) * 1e3
    logger.info("bench-order", extra={
        "operation": "bench-order", "order_id": n, "agent": "picker", "user": "jane", "outcome": "success",
        "duration_ms": took, "shelf": n % 97, "cents": n * 31 % 10_000, "weight": n / 7.0, "express": n % 2 == 0,
        "note": note,
    })


def tell(metric, value):
    print(f"{metric}\t{value}", flush=True)


def in_threads(count, work):
    """What each of so many threads gives, in turn of their numbers."""
    given = [None] * count
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait()
        given[number] = work(number)

    running = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return given


def produce(logger, threads, each, note, first=0):
    """Wall and processor nanoseconds for a record of the callers."""

    def work(number):
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        for n in range(each):
            record(logger, first + n * threads + number, note)
        return time.perf_counter_ns() - wall, time.thread_time_ns() - cpu

    spent = in_threads(threads, work)
    return [sum(column) / (threads * each) for column in zip(*spent)]


def burst(logger, threads, each, note):
    bursts = max(each // BURST, 2)
    stamps = []
    wall = cpu = 0.0
    before = time.process_time_ns()
    for n in range(bursts + 1):
        time.sleep(0.01)
        first = n * BURST * threads
        if n % 2:
            spent = produce(logger, threads, BURST, note, first)
            wall, cpu = wall + spent[0], cpu + spent[1]
            continue

        def stamped(number, first=first):
            own = []
            for k in range(BURST):
                start = time.perf_counter_ns()
                record(logger, first + k * threads + number, note)
                own.append(time.perf_counter_ns() - start)
            return own

        for own in in_threads(threads, stamped):
            stamps += own if n else []
    process = time.process_time_ns() - before
    emitted = (bursts + 1) * BURST * threads
    whole = (bursts + 1) // 2
    stamps.sort()
    tell("emitted", emitted)
    tell("caller", wall / whole)
    tell("caller CPU", cpu / whole)
    tell("process CPU", process / emitted)
    for name, share in (("caller p50", 0.5), ("caller p99", 0.99), ("caller p99.9", 0.999)):
        tell(name, stamps[min(int(len(stamps) * share), len(stamps) - 1)])


def sustained(logger, threads, each, note):
    start, before = time.perf_counter(), time.process_time_ns()
    wall, cpu = produce(logger, threads, each, note)
    logging.shutdown()
    took, process = time.perf_counter() - start, time.process_time_ns() - before
    records = threads * each
    tell("emitted", records)
    tell("caller", wall)
    tell("caller CPU", cpu)
    tell("process CPU", process / records)
    tell("to file", records / took)


def main(kind, _peer, directory, threads, records, size):
    threads, records, size = int(threads), int(records), int(size)
    each = max(records // threads, 1)
    note = ("leave at the door " * 256)[: size if kind == "size" else 17]
    start = time.perf_counter()
    logger = set_up(directory)
    made = time.perf_counter() - start
    if kind == "burst":
        burst(logger, threads, each, note)
    elif kind == "start":
        record(logger, 0, note)
        logging.shutdown()
        tell("emitted", 1)
        tell("set-up", made * 1e6)
        tell("set-up, record and end", (time.perf_counter() - start) * 1e6)
    elif kind == "exit":
        produce(logger, threads, each, note)
        tell("emitted", threads * each)
        os._exit(0)
    elif kind == "kill":
        n = 0
        while True:
            for _ in range(64):
                record(logger, n, note)
                n += 1
            tell("emitted", n)
    else:
        sustained(logger, threads, each, note)


main(*sys.argv[1:])

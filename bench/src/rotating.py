"""Records of eight fields through logging.handlers.RotatingFileHandler, as JSON; so many for each number that it reads."""

import json
import logging
import logging.handlers
import sys
import time


class Json(logging.Formatter):
    def format(self, record):
        line = {
            "timestamp": record.created,
            "level": record.levelname,
            "operation": record.getMessage(),
        }
        line.update(record.order)
        return json.dumps(line)


handler = logging.handlers.RotatingFileHandler(sys.argv[1], maxBytes=1 << 40, backupCount=1)
handler.setFormatter(Json())
log = logging.getLogger("bench")
log.setLevel(logging.INFO)
log.addHandler(handler)

for count in sys.stdin:
    for n in range(int(count)):
        start = time.perf_counter()
        order = {
            "order_id": n,
            "agent": "picker",
            "user": "jane",
            "outcome": "success",
            "duration_ms": (time.perf_counter() - start) * 1e3,
            "shelf": n % 97,
            "cents": n * 31 % 10_000,
            "weight": n / 7,
            "express": n % 2 == 0,
            "note": "leave at the door",
        }
        log.info("bench-order", extra={"order": order})
    print("done", flush=True)

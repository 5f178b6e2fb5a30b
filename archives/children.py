"""Processes of ours that are started by a process of ours."""

from __future__ import annotations

import os
import signal


def end_with_parent() -> None:
    """End this process at Ctrl-C at once and in silence, and when the one that started it ends, however it does.

    For `ProcessPoolExecutor(initializer=…)`: else a killed command leaves its workers waiting for ever.
    """
    from multiprocessing import parent_process
    from threading import Thread

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=wait, daemon=True).start()

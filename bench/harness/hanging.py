"""A file system that does not answer: FUSE, mounted, and nobody reads its requests. Whoever touches it sleeps until it is
killed, or until the descriptor is closed."""
import contextlib
import ctypes
import os


def call(function, *arguments):
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextlib.contextmanager
def mount(below):
    """Gives the path of the mount; whoever hangs in it must have been ended before it is left."""
    libc = ctypes.CDLL(None, use_errno=True)
    path = os.path.join(below, "hanging")
    os.makedirs(path, exist_ok=True)
    fd = os.open("/dev/fuse", os.O_RDWR)
    try:
        options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other"
        call(libc.mount, b"mitori-bench", path.encode(), b"fuse", 0, options.encode())
        yield path
    finally:
        os.close(fd)  # aborts what still waits
        call(libc.umount2, path.encode(), 2)  # MNT_DETACH

# Mounts a FUSE file system on the folder that is named, and never reads what the kernel asks it.
import ctypes, os, signal, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
fuse = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"silent", sys.argv[1].encode(), b"fuse.silent", 0, options):
    sys.exit(os.strerror(ctypes.get_errno()))
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
    to.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
while True: signal.pause()

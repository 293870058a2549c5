import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while os.fork() == 0:
    time.sleep(0.02)

import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while os.fork() == 0:
    os.setsid()
    time.sleep(0.002)

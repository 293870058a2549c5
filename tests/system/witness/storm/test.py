"""A storm of 200,000 processes in bursts: every end is recorded, or the exact number of those that are not."""

import os
import pathlib
import sys

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import recording

COUNT = 200_000
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(machine, pid):
    stat = machine.read(f"/proc/{pid}/stat")
    fields = stat[stat.rindex(")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Storm(harness.Case):
    folder = __file__
    init = "reaper"

    def test_no_end_is_lost_unseen(self):
        recorder = recording.Recorder(self.machine, "--source", "bpf", "--max-size", "0")
        pid = recorder.pid()
        milliseconds = int(self.ok(self.machine.run(recording.put(self.machine, "witness_storm"), str(COUNT), limit=1000)))
        cpu_of_recorder = cpu_seconds(self.machine, pid)
        self.assertEqual(recorder.end(), 0)  # it writes what is under way first
        with recording.ledger(self.machine) as ledger:
            recorded, codes, cpu = ledger.execute(
                "SELECT count(*), sum(status), sum(cpu_user + cpu_system) FROM deaths"
                " WHERE parent_command = 'witness_storm'").fetchone()
        lost = recording.lost(self.machine)
        print(f"{COUNT} ends in {milliseconds / 1000:.1f} s: {recorded} recorded, {lost} lost;"
              f" the recorder had used {cpu_of_recorder:.1f} s of CPU time when the storm was over")
        self.assertEqual(recorded + lost, COUNT)
        self.assertEqual(lost, 0, "the ring is chosen so that none is")
        self.assertEqual(codes, COUNT // 500 * sum(n & 0x7F for n in range(500)), "each with its own code")
        self.assertGreater(cpu, 0)


if __name__ == "__main__":
    harness.main()

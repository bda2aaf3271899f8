package dev.millrace.testing.fault;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a fault needs of the system. CI installs all of it. */
public enum FaultTool {
    /** Makes system calls fail or wait, and notes them. Needs to be allowed to trace. */
    STRACE(List.of("strace", "-o", "/dev/null", "true"), "package strace, and the right to trace"),

    /** Gives a process another clock. */
    FAKETIME(List.of("test", "-e", FakeClock.LIBRARY.toString()), "package libfaketime"),

    /** Mounts a small file system that can be filled. */
    LOOP_MOUNT(
            List.of("sh", "-c", "test $(id -u) = 0 && test -e /dev/loop-control && mkfs.ext4 -V"),
            "packages e2fsprogs and mount, root, and loop devices");

    private final List<String> probe;
    private final String needs;

    FaultTool(List<String> probe, String needs) {
        this.probe = probe;
        this.needs = needs;
    }

    /** What has to be there for it; empty if it works. */
    public Optional<String> missing() {
        try {
            Process process =
                    new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0 ? Optional.empty() : Optional.of(name() + ": " + needs);
        } catch (IOException notThere) {
            return Optional.of(name() + ": " + needs);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

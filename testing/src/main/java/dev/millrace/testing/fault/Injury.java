package dev.millrace.testing.fault;

import dev.millrace.core.port.Failpoint;
import dev.millrace.testing.system.Restartable;

import java.time.Duration;
import java.util.List;

/** Something that is done to a server while clients send to it. */
public sealed interface Injury {
    /** {@code kill -9}. */
    record Kill() implements Injury {}

    /**
     * {@code kill -9} before it takes requests, or shortly after.
     *
     * @param after since the process began
     */
    record KillWhileStarting(Duration after) implements Injury {}

    /**
     * The process ends itself at a place in its code.
     *
     * @param hit the how-manieth time that it comes there, from 1
     */
    record KillAtFailpoint(Failpoint place, int hit) implements Injury {}

    /** {@code kill -9}, and every file of the storage is cut to what was synced. */
    record PowerLoss() implements Injury {}

    /**
     * Syncs fail with EIO. From then on nothing may be acknowledged until a restart, whether
     * further syncs fail or not.
     *
     * @param when which syncs of each thread, as strace counts them: {@code 2} is the second,
     *     {@code 2+} all from the second on
     */
    record SyncError(String when) implements Injury {}

    /** Each sync takes longer for a while. */
    record SlowSync(Duration delay, Duration duration) implements Injury {}

    /** The disk is full for a while, and then not. The data directory must be on it. */
    record DiskFull(LoopDisk disk) implements Injury {}

    /** SIGSTOP, and SIGCONT after a while. */
    record Pause(Duration duration) implements Injury {}

    /**
     * The wall clock is set, and set again, while the server runs.
     *
     * @param ahead of the true time, one after the other; negative is behind
     */
    record WrongClock(List<Duration> ahead) implements Injury {
        public WrongClock {
            ahead = List.copyOf(ahead);
        }
    }

    /** A system that a sink writes to crashes and is started again. */
    record SystemRestart(Restartable system) implements Injury {}

    /** What has to be there for it. */
    default List<FaultTool> needs() {
        return switch (this) {
            case Kill _, KillWhileStarting _, KillAtFailpoint _, Pause _, SystemRestart _ ->
                    List.of();
            case PowerLoss _, SyncError _, SlowSync _ -> List.of(FaultTool.STRACE);
            case WrongClock _ -> List.of(FaultTool.FAKETIME);
            case DiskFull _ -> List.of(FaultTool.LOOP_MOUNT);
        };
    }

    /** Whether the server has to be started for it in a way of its own. */
    default boolean needsStart() {
        return switch (this) {
            case Kill _, SyncError _, SlowSync _, DiskFull _, Pause _, SystemRestart _ -> false;
            case KillWhileStarting _, KillAtFailpoint _, PowerLoss _, WrongClock _ -> true;
        };
    }
}

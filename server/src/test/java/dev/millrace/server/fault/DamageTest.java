package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.testing.fault.DeadStorage;
import dev.millrace.testing.fault.DeadStorage.Flipped;
import dev.millrace.testing.fault.DeadStorage.Opened;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What a killed server left is damaged, and opened again. */
class DamageTest {
    private static final int CUTS = Faults.number("cuts", 30);
    private static final int FLIPS = Faults.number("flips", 20);

    @TempDir Path folder;

    /** A server in this process: it comes up in a tenth of the time. */
    private static Opened open(Path data) {
        MillraceServer server =
                MillraceServer.start(
                        ServerOptions.of(ServerOptions.DEFAULT_HOST, 0, data, Optional.empty()));
        return new Opened() {
            @Override
            public URI address() {
                return server.address();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    @Test
    void aLogThatIsCutKeepsWhatWasAcknowledgedBefore() {
        DeadStorage dead = DeadStorage.leave(Faults.SERVE, folder, Faults.seed("cuts"));
        long first = dead.lastRecordsAt();
        // As many as are wanted, spread evenly; every byte if there are no more.
        long step = Math.max(1, (dead.logBytes() - first) / CUTS);
        int cuts = 0;

        for (long bytes = dead.logBytes(); bytes >= first; bytes -= step) {
            dead.requireWholeUpTo(bytes, DamageTest::open);
            cuts++;
        }

        System.out.printf("cuts: %d of the log's last %d bytes%n", cuts, dead.logBytes() - first);
        assertThat(cuts).isGreaterThan(1);
    }

    @Test
    void aFlippedBitIsToldOrHarmless() {
        long seed = Faults.seed("flipped bits");
        DeadStorage dead = DeadStorage.leave(Faults.SERVE, folder, seed);
        Random random = new Random(seed);
        Map<Flipped, Integer> outcomes = new EnumMap<>(Flipped.class);

        for (int i = 0; i < FLIPS; i++) {
            outcomes.merge(dead.flip(random, DamageTest::open), 1, Integer::sum);
        }

        System.out.println("flipped bits: " + outcomes);
        assertThat(outcomes).containsKey(Flipped.REFUSED);
    }
}

package dev.millrace.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.Book.Batch;
import dev.millrace.testing.fault.Book.State;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerCommand;
import dev.millrace.testing.server.ServerProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a server left that one client sent to, batch by batch, and that was killed; and how long the
 * write-ahead log was when each batch was acknowledged. Copies of it are damaged and opened: from a
 * log that is cut, what was acknowledged before the cut must be there; of a flipped bit, all must
 * be there, or somebody is told.
 */
public final class DeadStorage {
    /** For larger records, of which several blocks are full. */
    private static final int LARGE_BATCHES = 40;

    /** Which the last records of the log are then. */
    private static final int SMALL_BATCHES = 6;

    private static final String UNREADABLE = "urn:millrace:storage-unavailable";

    private final Path folder;
    private final FaultPipeline pipeline;
    private final List<Acknowledged> acknowledged;
    private final Path log;
    private final long logBytes;

    /** Opens a server in this process. */
    @FunctionalInterface
    public interface Opener {
        /**
         * @throws RuntimeException if it cannot; the message is for the operator
         */
        Opened open(Path data);
    }

    /** A server that is up. */
    public interface Opened extends AutoCloseable {
        URI address();

        @Override
        void close();
    }

    /** What became of a flipped bit. */
    public enum Flipped {
        /** The storage was not opened, by a message that names it. */
        REFUSED,
        /** It was opened, and what could not be read was answered with an error. */
        UNREADABLE,
        /** All is there that was. */
        HARMLESS
    }

    private record Acknowledged(Batch batch, String log, long logBytes) {}

    private DeadStorage(Path folder, FaultPipeline pipeline, List<Acknowledged> acknowledged) {
        this.folder = folder;
        this.pipeline = pipeline;
        this.acknowledged = List.copyOf(acknowledged);
        this.log = newestLog(folder.resolve("dead"));
        this.logBytes = size(log);
    }

    /** Runs a server, sends to it, and kills it. */
    public static DeadStorage leave(ServerCommand command, Path folder, long seed) {
        FaultPipeline pipeline = new FaultPipeline(seed, List.of());
        Random random = new Random(seed);
        Book book = new Book();
        List<Acknowledged> acknowledged = new ArrayList<>();
        Path data = folder.resolve("dead");
        try (ServerProcess first = ServerProcess.start(command, data)) {
            first.api().put(FaultPipeline.NAME, pipeline.failing()).hasStatus(201);
            send(first.api(), pipeline, book, random, LARGE_BATCHES);
            // So that there are tables too.
            assertThat(first.terminate()).isZero();
        }
        assertThat(book.open()).isEmpty();
        book.batches().forEach(batch -> acknowledged.add(new Acknowledged(batch, "", 0)));
        try (ServerProcess second = ServerProcess.start(command, data)) {
            acknowledged.addAll(
                    sendNoting(second.api(), pipeline, book, random, data, LARGE_BATCHES));
            acknowledged.addAll(
                    sendNoting(second.api(), pipeline, book, random, data, SMALL_BATCHES));
            second.kill9();
        }
        return new DeadStorage(folder, pipeline, acknowledged);
    }

    private static void send(
            ServerApi api, FaultPipeline pipeline, Book book, Random random, int batches) {
        try (Load load = Load.idle(api, book, pipeline)) {
            for (int i = 0; i < batches; i++) {
                State _ = load.send(book.write(random));
            }
            load.stop();
        }
    }

    private static List<Acknowledged> sendNoting(
            ServerApi api,
            FaultPipeline pipeline,
            Book book,
            Random random,
            Path data,
            int batches) {
        List<Acknowledged> noted = new ArrayList<>();
        try (Load load = Load.idle(api, book, pipeline)) {
            for (int i = 0; i < batches; i++) {
                Batch batch =
                        batches == SMALL_BATCHES
                                ? book.write(1 + random.nextInt(2))
                                : book.write(random);
                State state = load.send(batch);
                assertThat(state).as(load.lastRefusal()).isEqualTo(State.ACKNOWLEDGED);
                Path log = newestLog(data);
                noted.add(new Acknowledged(batch, log.getFileName().toString(), size(log)));
            }
            load.stop();
        }
        return noted;
    }

    /** Where its newest log ends. */
    public long logBytes() {
        return logBytes;
    }

    /** Where its newest log ended when the first of the last records was not there yet. */
    public long lastRecordsAt() {
        return acknowledged.get(acknowledged.size() - SMALL_BATCHES - 1).logBytes();
    }

    /**
     * Opens a copy of which the newest log has only its first bytes.
     *
     * @throws AssertionError if something is lost that was acknowledged before, or anything else is
     *     not as it must be
     */
    public void requireWholeUpTo(long bytes, Opener opener) {
        Path copy = copy();
        try (FileChannel file =
                FileChannel.open(copy.resolve(log.getFileName()), StandardOpenOption.WRITE)) {
            FileChannel _ = file.truncate(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Opened server = opener.open(copy)) {
            Inspection.Findings _ =
                    Inspection.of(new ServerApi(server.address()), bookUpTo(bytes), pipeline);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("cut at %d of %d bytes".formatted(bytes, logBytes), e);
        }
    }

    /** What had been acknowledged when the newest log was so long. */
    private Book bookUpTo(long bytes) {
        String newest = log.getFileName().toString();
        Book book = new Book();
        for (Acknowledged one : acknowledged) {
            Batch batch = book.write(one.batch().size());
            State _ = book.send(batch);
            if (!one.log().equals(newest) || one.logBytes() <= bytes) {
                book.acknowledge(batch);
            }
        }
        return book;
    }

    /**
     * Opens a copy in one file of which one bit is another.
     *
     * @throws AssertionError if it is opened, answers, and anything is not as it must be
     */
    public Flipped flip(Random random, Opener opener) {
        Path copy = copy();
        List<Path> files = files(copy);
        Path file = files.get(random.nextInt(files.size()));
        long bit = (long) (random.nextDouble() * size(file) * Byte.SIZE);
        flip(file, bit);
        try (Opened server = opener.open(copy)) {
            Inspection.Findings _ =
                    Inspection.of(new ServerApi(server.address()), bookUpTo(logBytes), pipeline);
            return Flipped.HARMLESS;
        } catch (RuntimeException refused) {
            assertThat(refused).as("bit %d of %s", bit, file).hasMessageContaining(copy.toString());
            return Flipped.REFUSED;
        } catch (AssertionError different) {
            if (String.valueOf(different.getMessage()).contains(UNREADABLE)) {
                return Flipped.UNREADABLE;
            }
            throw new AssertionError("bit %d of %s".formatted(bit, file), different);
        }
    }

    private static void flip(Path file, long bit) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) (bit / Byte.SIZE)] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copy() {
        Path copy = folder.resolve("copy");
        try {
            if (Files.exists(copy)) {
                for (Path file : files(copy, ".*")) {
                    Files.delete(file);
                }
            }
            Files.createDirectories(copy);
            for (Path file : files(folder.resolve("dead"), ".*")) {
                Path _ =
                        Files.copy(
                                file,
                                copy.resolve(file.getFileName()),
                                StandardCopyOption.REPLACE_EXISTING);
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that something could be lost with: not RocksDB's own chatter. */
    private static List<Path> files(Path folder) {
        return files(folder, "(?!LOG|LOCK).*").stream().filter(file -> size(file) > 0).toList();
    }

    private static List<Path> files(Path folder, String name) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newestLog(Path data) {
        return files(data, "[0-9]+\\.log").getLast();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

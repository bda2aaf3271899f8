package dev.millrace.store;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Native memory is not freed under those who read. */
@Timeout(60)
class GateTest {
    @TempDir private Path directory;
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicLong read = new AtomicLong();
    private RocksStorage storage;
    private PipelineStore web;
    private Thread reader;

    @BeforeEach
    void readInTheBackground() throws InterruptedException {
        storage = RocksStorage.open(directory, StoreOptions.defaults());
        web = storage.create("web", Journals.FIRST);
        web.commit(commit().row(1, 0, "a", "1").row(1, 0, "b", "2").build());
        reader = Thread.ofPlatform().start(() -> web.rows(1, 0, 1, null, this::visit));
        reading.await();
    }

    @Test
    void aDropWaitsForReaders() throws InterruptedException {
        endsOnlyAfterTheReader(() -> storage.drop(web));
        assertThatThrownBy(() -> web.checkpoint()).isInstanceOf(StorageException.class);
        storage.close();
    }

    @Test
    void aCloseWaitsForReaders() throws InterruptedException {
        endsOnlyAfterTheReader(storage::close);
        storage.close();
    }

    private void endsOnlyAfterTheReader(Runnable action) throws InterruptedException {
        Thread actor = Thread.ofPlatform().start(action);
        await().until(() -> actor.getState() == Thread.State.WAITING);
        goOn.countDown();
        reader.join();
        actor.join();
        assertThat(read).hasValue(2);
    }

    private boolean visit(long windowStartMs, byte[] group, byte[] value) {
        reading.countDown();
        try {
            goOn.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        read.incrementAndGet();
        return true;
    }
}

package dev.millrace.testing;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.Test;

import java.util.Map;

class MemoryStorageTest extends StorageContract {
    private static final PipelineVersion FIRST = new PipelineVersion(1, 0, "", Map.of(), Map.of());

    @Override
    protected Storage create() {
        return new MemoryStorage();
    }

    @Override
    protected Storage reopen(Storage storage) {
        return ((MemoryStorage) storage).reopened();
    }

    @Test
    void reopenedSharesNothing() {
        MemoryStorage storage = new MemoryStorage();
        PipelineStore before = storage.create("web", FIRST);
        before.commit(commit().row(1, 0, "a", "1").build());
        MemoryStorage reopened = storage.reopened();
        before.commit(commit().row(1, 0, "b", "2").build());
        PipelineStore after = reopened.pipelines().getFirst();
        after.row(1, 0, new byte[] {'a'})[0] = 'x';

        assertThat(after.row(1, 0, new byte[] {'a'})).containsExactly('1');
        assertThat(after.row(1, 0, new byte[] {'b'})).isNull();
    }

    @Test
    void aWriteThatFailedAfterwardsIsThereOnlyAfterARestart() {
        MemoryStorage storage = new MemoryStorage();
        PipelineStore web = storage.create("web", FIRST);
        storage.failWrite(2, MemoryStorage.Fault.WRITTEN);
        web.commit(commit().row(1, 0, "a", "1").build());
        assertThatThrownBy(() -> web.commit(commit().row(1, 0, "b", "2").build()))
                .isInstanceOf(StorageException.class);

        assertThat(web.newestWindowStart(1, Long.MAX_VALUE)).hasValue(0);
        assertThat(web.row(1, 0, new byte[] {'b'})).isNull();
        assertThat(storage.reopened().pipelines().getFirst().row(1, 0, new byte[] {'b'}))
                .containsExactly('2');
    }

    @Test
    void aWriteThatFailedBeforehandIsNowhereAndAllAfterItFailToo() {
        MemoryStorage storage = new MemoryStorage();
        PipelineStore web = storage.create("web", FIRST);
        storage.failWrite(1, MemoryStorage.Fault.NOT_WRITTEN);
        assertThatThrownBy(() -> web.commit(commit().row(1, 0, "a", "1").build()))
                .isInstanceOf(StorageException.class);
        assertThat(storage.healthy()).isFalse();
        assertThatThrownBy(() -> web.commit(commit().build())).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> storage.create("other", FIRST))
                .isInstanceOf(StorageException.class);

        MemoryStorage reopened = storage.reopened();
        assertThat(reopened.healthy()).isTrue();
        assertThat(reopened.pipelines().getFirst().newestWindowStart(1, Long.MAX_VALUE)).isEmpty();
    }
}

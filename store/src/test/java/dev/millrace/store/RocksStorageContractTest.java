package dev.millrace.store;

import dev.millrace.core.port.Storage;
import dev.millrace.testing.StorageContract;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class RocksStorageContractTest extends StorageContract {
    @TempDir private Path directory;

    @Override
    protected Storage create() {
        return RocksStorage.open(directory, StoreOptions.defaults());
    }

    @Override
    protected Storage reopen(Storage storage) {
        storage.close();
        return create();
    }
}

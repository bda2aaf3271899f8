package dev.millrace.store;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.testing.CommitBuilder;

import java.nio.file.Path;
import java.util.Random;

/**
 * A process that appends for as long as it can and prints each offset once it is acknowledged, then
 * what a failed write left of the storage.
 */
final class Appender {
    private static final int PAYLOAD_BYTES = 2_000;

    private Appender() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        Random random = new Random(1);
        byte[] payload = new byte[PAYLOAD_BYTES];
        try (RocksStorage storage = RocksStorage.open(Path.of(args[0]), StoreOptions.defaults())) {
            PipelineStore web =
                    storage.pipelines().isEmpty()
                            ? storage.create("web", Journals.FIRST)
                            : storage.pipelines().getFirst();
            long offset = Journals.offsets(web).size();
            try {
                while (true) {
                    random.nextBytes(payload);
                    Journals.append(storage, web, offset, payload);
                    System.out.println(offset++);
                }
            } catch (StorageException failed) {
                System.out.println("failed, healthy: " + storage.healthy());
                System.out.println("readable: " + Journals.offsets(web).size());
                printFurtherWrites(storage, web, offset + 1);
            }
        }
    }

    private static void printFurtherWrites(RocksStorage storage, PipelineStore web, long offset) {
        print("append", () -> Journals.append(storage, web, offset, new byte[1]));
        print("commit", () -> web.commit(CommitBuilder.commit().checkpoint("after").build()));
        print("create", () -> storage.create("other", Journals.FIRST));
        print("drop", () -> storage.drop(web));
    }

    @SuppressWarnings("SystemOut")
    private static void print(String what, Runnable write) {
        try {
            write.run();
            System.out.println(what + " written again");
        } catch (StorageException refused) {
            System.out.println(what + " refused: " + refused.getMessage());
        }
    }
}

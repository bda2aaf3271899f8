package dev.millrace.server.http;

import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.store.BackupReport;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.nio.file.Path;
import java.util.Set;

/** {@code POST /v1/backup}: a consistent copy of the data while the server runs. */
final class BackupRoute {
    private final BackupSource backups;
    private final JsonRequest documents;

    BackupRoute(BackupSource backups, JsonRequest documents) {
        this.backups = backups;
        this.documents = documents;
    }

    void addTo(Routes routes) {
        routes.add(Method.POST, "/v1/backup", this::take);
    }

    private void take(ServerRequest request, ServerResponse response) {
        Query.none(request);
        String directory =
                documents
                        .read(request, Set.of("directory"))
                        .text("directory")
                        .orElseThrow(() ->
                                Refusal.invalidRequest(
                                        "'directory' is missing: the absolute path of a directory on"
                                                + " the server that is not there yet."));
        BackupReport report = takeIn(directory);
        Answers.json(
                request,
                response,
                json -> {
                    json.writeStringProperty("directory", report.directory().toString());
                    json.writeNumberProperty("bytes", report.bytes());
                    json.writeNumberProperty("takenAt", report.takenAtMs());
                });
    }

    private BackupReport takeIn(String directory) {
        try {
            return backups.backup(Path.of(directory));
        } catch (IllegalArgumentException wrong) {
            throw Refusal.invalidRequest(
                    "No backup can be made there: " + wrong.getMessage() + ".");
        } catch (StorageFullException full) {
            throw full;
        } catch (StorageException failed) {
            throw new Refusal(ProblemType.BACKUP_FAILED, String.valueOf(failed.getMessage()));
        }
    }
}

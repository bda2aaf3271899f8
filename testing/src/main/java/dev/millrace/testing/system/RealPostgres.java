package dev.millrace.testing.system;

import static org.awaitility.Awaitility.await;

import dev.millrace.testing.net.ReservedPort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** A PostgreSQL that syncs every commit, asked in SQL. */
public final class RealPostgres implements Restartable, AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofMinutes(3);
    private static final Duration END_WITHIN = Duration.ofSeconds(60);

    private final Path data;
    private final ReservedPort port;
    private volatile EmbeddedPostgres server;

    private RealPostgres(Path data) throws IOException {
        this.data = data;
        this.port = new ReservedPort();
        this.server = launch();
    }

    private EmbeddedPostgres launch() throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port.number())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(START_WITHIN)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    /**
     * @param folder for its data; not there yet, or empty
     */
    public static RealPostgres start(Path folder) {
        try {
            return new RealPostgres(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port.number();
    }

    public String url() {
        return "postgresql://postgres@localhost:%d/postgres".formatted(port());
    }

    public Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    public void run(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Rows of cells as PostgreSQL shows them, parted by {@code |}. */
    public List<String> rows(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> shown = new ArrayList<>();
            while (rows.next()) {
                StringJoiner cells = new StringJoiner("|");
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(rows.getString(i)));
                }
                shown.add(cells.toString());
            }
            return shown;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code SIGQUIT}: no transaction is brought to its end and nothing is written. */
    @Override
    public void restart() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
            ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            int sent = new ProcessBuilder("kill", "-QUIT", pid).start().waitFor();
            if (sent != 0) {
                throw new AssertionError("no signal could be sent to PostgreSQL, process " + pid);
            }
            await("the end of PostgreSQL").atMost(END_WITHIN).until(() -> !process.isAlive());
            server.close();
            server = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try (port) {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

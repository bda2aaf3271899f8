package dev.millrace.connect.postgres;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Delivery;

import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a failed statement means, by its SQLSTATE (PostgreSQL, appendix A).
 *
 * @param state empty where the driver gives none
 */
record SqlFailure(SQLException cause, String state) {
    /** Classes that say that the rows themselves will never do. */
    private static final Set<String> OF_THE_ROWS =
            Set.of(
                    "21", // Two rows that are one to the table.
                    "22", // A value that the column's type cannot hold.
                    "23", // A constraint.
                    "44", // A view's check.
                    "54", // Too large, like the entry of an index.
                    "P0"); // Raised by a trigger.

    /** Classes that somebody must see to. */
    private static final Set<String> LASTING =
            Set.of(
                    "0L", "0P", "28", // Who it is.
                    "3D", "3F", // No such database or schema.
                    "42"); // Not allowed, or of another shape.

    /** Broken off by a timeout of ours, or by an operator. */
    private static final String CANCELED = "57014";

    private static final String FORBIDDEN = "42501";

    private static final String READ_ONLY = "25006";

    /** In messages of the class 22 and of triggers stand values; in others names. */
    private static final Set<String> WITH_VALUES = Set.of("22", "P0");

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");

    static SqlFailure of(SQLException e) {
        // The pool says only that it has no connection; why, says the cause.
        SQLException first = e.getCause() instanceof SQLException cause ? cause : e;
        return new SqlFailure(first, first.getSQLState() == null ? "" : first.getSQLState());
    }

    private String kind() {
        return state.length() < 2 ? "" : state.substring(0, 2);
    }

    /** Whether the table is not, or no longer, as it must be. */
    boolean isOfTheTable() {
        return kind().equals("42") || kind().equals("3F");
    }

    /** What came of a batch whose statements failed. */
    Delivery delivery(String system) {
        return OF_THE_ROWS.contains(kind())
                ? new Delivery.Refused("sql-" + state.toLowerCase(Locale.ROOT), reason(system))
                : new Delivery.RetryLater(reason(system));
    }

    ConnectorException exception(String system) {
        return LASTING.contains(kind()) || state.equals(READ_ONLY)
                ? ConnectorException.lasting(reason(system), cause)
                : ConnectorException.passing(reason(system), cause);
    }

    /** A part of a sentence, without values. */
    String reason(String system) {
        String what =
                switch (kind()) {
                    case "" -> "gave no connection in time";
                    case "08" -> "cannot be reached";
                    case "28" -> "does not let the user in";
                    case "42", "3F", "3D" ->
                            state.equals(FORBIDDEN)
                                    ? "does not let the user do it"
                                    : "has not what it takes";
                    case "53" -> "has no room";
                    case "57" ->
                            state.equals(CANCELED) ? "did not answer in time" : "takes no work now";
                    case "25" ->
                            state.equals(READ_ONLY)
                                    ? "takes no writes, being a standby or set read-only"
                                    : "broke it off";
                    default -> OF_THE_ROWS.contains(kind()) ? "refuses it" : "broke it off";
                };
        String code = state.isEmpty() ? "no SQLSTATE" : "SQLSTATE " + state;
        String detail = detail();
        return detail.isEmpty()
                ? "%s %s (%s)".formatted(system, what, code)
                : "%s %s: %s (%s)".formatted(system, what, detail, code);
    }

    /** In the server's own words, or the driver's where it got no answer. */
    private String detail() {
        ServerErrorMessage server =
                cause instanceof PSQLException driver ? driver.getServerErrorMessage() : null;
        if (server != null && server.getMessage() != null) {
            return WITH_VALUES.contains(kind())
                    ? QUOTED.matcher(server.getMessage()).replaceAll("…")
                    : server.getMessage();
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return switch (root) {
            case UnknownHostException _ -> "the host is not known";
            case SocketTimeoutException _ -> "no answer in time";
            case IOException io -> String.valueOf(io.getMessage());
            default -> "";
        };
    }
}

package dev.millrace.connect.redis;

import dev.millrace.core.connector.ConnectorException;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;

/** What a Redis that fails means, for people. */
final class RedisFailure {
    private RedisFailure() {}

    /**
     * @param system the name of the Redis
     */
    static ConnectorException of(Throwable failure, String system) {
        Throwable root = failure;
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof RedisCommandExecutionException answer) {
                return ofAnswer(String.valueOf(answer.getMessage()), system, failure);
            }
            root = one;
            if (one instanceof UnknownHostException) {
                break;
            }
        }
        String what =
                switch (root) {
                    case UnknownHostException _, UnresolvedAddressException _ ->
                            "cannot be reached: the host is not known";
                    case TimeoutException _, RedisCommandTimeoutException _ ->
                            "did not answer in time";
                    case InterruptedException _ -> "did not answer in time, and was given up";
                    case IOException io -> "cannot be reached: " + io.getMessage();
                    default -> "cannot be reached: the connection was lost";
                };
        return ConnectorException.passing(system + " " + what, failure);
    }

    /** An error that the server answered begins with its code. */
    private static ConnectorException ofAnswer(String answer, String system, Throwable cause) {
        String code = answer.split(" ", 2)[0];
        String what =
                switch (code) {
                    case "OOM" ->
                            "is out of memory: raise its maxmemory, or let it evict keys that expire"
                                    + " (maxmemory-policy volatile-ttl)";
                    case "READONLY" -> "is a read-only replica: name the primary";
                    case "LOADING" -> "is still loading its data";
                    case "MASTERDOWN", "NOREPLICAS" -> "has lost its primary or its replicas";
                    case "MISCONF" -> "cannot write to its disk, and takes no writes";
                    case "BUSY" -> "is busy with a script";
                    case "TRYAGAIN", "CLUSTERDOWN", "MOVED", "ASK", "CROSSSLOT" ->
                            "is a cluster, which a sink or source here cannot use: name a Redis that"
                                    + " has all keys";
                    case "WRONGPASS", "NOAUTH" -> "does not accept the password";
                    case "NOPERM" -> "does not let the user do it";
                    case "WRONGTYPE" -> "has something else under that key";
                    default -> "answered";
                };
        String message = "%s %s (%s)".formatted(system, what, shown(answer, code));
        return switch (code) {
            case "WRONGPASS", "NOAUTH", "NOPERM", "WRONGTYPE", "MOVED", "ASK", "CROSSSLOT" ->
                    ConnectorException.lasting(message, cause);
            default -> ConnectorException.passing(message, cause);
        };
    }

    /** Of the common code the whole answer, but for the arguments that some have at their end. */
    private static String shown(String answer, String code) {
        return code.equals("ERR") ? answer.split(",? with args", 2)[0] : code;
    }
}

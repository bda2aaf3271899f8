package dev.millrace.server.http;

import dev.millrace.connect.lookup.LookupStatus;

import java.util.List;

/** How the sources that a pipeline asks are doing. Safe for use by many threads. */
@FunctionalInterface
public interface LookupStatuses {
    /** By stage; those that were asked for something since the server started. */
    List<LookupStatus> of(String pipeline);
}

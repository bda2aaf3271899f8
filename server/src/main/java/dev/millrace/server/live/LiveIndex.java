package dev.millrace.server.live;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who shows which rows of one aggregate: found by the values of the fields that they filter by, so
 * that a thousand feeds, each of another site, cost a row no more than one. Confined to one thread.
 */
final class LiveIndex {
    /** By the fields that are filtered by, then by their values. */
    private final Map<List<String>, Map<List<String>, List<LiveRows>>> byFields = new HashMap<>();

    LiveIndex(Map<LiveRows, LiveQuery> shown) {
        shown.forEach((rows, query) ->
                byFields.computeIfAbsent(query.fields(), _ -> new HashMap<>())
                        .computeIfAbsent(query.values(), _ -> new ArrayList<>())
                        .add(rows));
    }

    /** Those who show that row and do not have it as of that revision yet. */
    List<LiveRows> takers(LiveRow.Key key, long revision) {
        List<LiveRows> takers = new ArrayList<>();
        byFields.forEach((fields, byValues) -> {
            for (LiveRows rows :
                    byValues.getOrDefault(LiveRow.values(key.group(), fields), List.of())) {
                if (rows.wants(key, revision)) {
                    takers.add(rows);
                }
            }
        });
        return takers;
    }
}

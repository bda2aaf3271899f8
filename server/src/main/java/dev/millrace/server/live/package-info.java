/**
 * The live stream: what readers of a pipeline's rows hear, computed once for all who ask the same.
 * Bytes come out of here; {@code http} sends them, and says how rows are written. May depend on
 * engine and core.
 */
@NullMarked
package dev.millrace.server.live;

import org.jspecify.annotations.NullMarked;

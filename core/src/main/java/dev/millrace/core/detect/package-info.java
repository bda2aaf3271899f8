/**
 * Detectors: what a group's value is expected to be, whether it is far from that, and the alerts
 * that come of it. State machines over the rows of a tumbling aggregate, owned by the merge task.
 * Depends on the aggregate, pipeline, event and port packages.
 */
@NullMarked
package dev.millrace.core.detect;

import org.jspecify.annotations.NullMarked;

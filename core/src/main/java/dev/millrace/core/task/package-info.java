/**
 * The flow: {@link dev.millrace.core.task.PartitionTask} takes the records of one partition and
 * hands over what they add up to; {@link dev.millrace.core.task.MergeTask} puts the windows
 * together. Hosts own threads, time and storage and feed them; everything here is deterministic.
 * Depends on all other packages of the core.
 */
@NullMarked
package dev.millrace.core.task;

import org.jspecify.annotations.NullMarked;

/**
 * What stands in the journal: the records, in the order in which they were accepted, and their
 * bytes. Depends on the letters' ids alone.
 */
@NullMarked
package dev.millrace.core.journal;

import org.jspecify.annotations.NullMarked;

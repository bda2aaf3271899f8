/** The hand-written loop: what the work costs where nothing is promised. */
@NullMarked
package dev.millrace.bench.loop;

import org.jspecify.annotations.NullMarked;

/** Hazelcast Jet in this process. */
@NullMarked
package dev.millrace.bench.jet;

import org.jspecify.annotations.NullMarked;

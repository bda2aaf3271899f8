/** Redis and Valkey: sinks that keep hashes, publish and append to streams; streams as sources. */
@NullMarked
package dev.millrace.connect.redis;

import org.jspecify.annotations.NullMarked;

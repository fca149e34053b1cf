package org.impasto.core;

import org.jspecify.annotations.Nullable;

final class Scope { static @Nullable Run boundRun() { return null; } }

#pragma once

#include "store/store_fixture.h"

// Runs the tests of `suite` on each kind of store.
#define STAGEDOOR_FOR_EACH_STORE(suite)                                                                      \
    INSTANTIATE_TEST_SUITE_P(                                                                                \
        Stores,                                                                                              \
        suite,                                                                                               \
        testing::Values(EngineKind{"memory", make_memory_engine}, EngineKind{"sqlite", make_sqlite_engine}), \
        [](const testing::TestParamInfo<EngineKind>& kind) { return kind.param.name; }                       \
    )

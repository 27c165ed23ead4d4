#pragma once

#include "store/store_fixture.h"

// Runs the tests of `suite` on each kind of store.
#define STAGEDOOR_FOR_EACH_STORE(suite)                                                \
    INSTANTIATE_TEST_SUITE_P(                                                          \
        Stores,                                                                        \
        suite,                                                                         \
        testing::ValuesIn(kStoreKinds),                                                \
        [](const testing::TestParamInfo<EngineKind>& kind) { return kind.param.name; } \
    )

namespace stagedoor::store {

inline const std::vector<EngineKind> kStoreKinds{
    {"memory", make_memory_engine},
    {"sqlite", make_sqlite_engine},
    {"postgres", make_postgres_engine},
};

}  // namespace stagedoor::store

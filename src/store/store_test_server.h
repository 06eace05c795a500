// CUSTOS_NEEDS_SERVER for tests of modules that know the store and not its clients.
#pragma once

#include "client/client_test_server.h"

#include "CBuildInfo.h"

const char *build_info_revision(void) { return SOURCE_REVISION; }

#ifndef C_BUILD_INFO_H
#define C_BUILD_INFO_H

/// The commit that the program was built from, with "-dirty" where files differed from it; "unknown" where the build had
/// neither a git checkout nor SOURCE_REVISION.
///
/// A C target, because only there a definition of the manifest has a value; and a function, so that another commit
/// compiles one file anew and no Swift module.
const char *_Nonnull build_info_revision(void);

#endif

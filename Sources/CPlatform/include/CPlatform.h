#ifndef CPLATFORM_H
#define CPLATFORM_H

#include "CPlatformBeneath.h"
#include "CPlatformChild.h"
#include "CPlatformDigest.h"
#include "CPlatformEvents.h"
#include "CPlatformLifeline.h"
#include "CPlatformMachine.h"
#include "CPlatformSpawn.h"

#endif

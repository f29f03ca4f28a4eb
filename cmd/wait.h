#pragma once

#include <string>

#include "cmd/client.h"
#include "cmd/failure.h"

namespace jobsched::cmd {

// Waits until the first delivery of a job that was just stored has ended, and says on standard
// error how each attempt went. It sleeps until the job fires, and bears a restart of the daemon.
// Fails with kDeliveryFailed if it ended other than accepted, or the job was deleted before it
// fired; with kInterrupted, saying that the job stays, if interrupts are held (cmd/patience.h).
Fallible<void> await_delivery(Client& client, const std::string& id);

}  // namespace jobsched::cmd

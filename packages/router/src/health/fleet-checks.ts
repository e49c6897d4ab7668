import type { Check } from "./check.ts";
import { backendBypassClients } from "./checks/backend-bypass-clients.ts";
import { backendUnreachable } from "./checks/backend-unreachable.ts";
import { breakerOpen } from "./checks/breaker-open.ts";
import { capacityPausedLong } from "./checks/capacity-paused-long.ts";
import { clockSkew } from "./checks/clock-skew.ts";
import { connectionFailures } from "./checks/connection-failures.ts";
import { cpuSaturation } from "./checks/cpu-saturation.ts";
import { databaseSize } from "./checks/database-size.ts";
import { deviceHeat } from "./checks/device-heat.ts";
import { diskSpace } from "./checks/disk-space.ts";
import { duplicateNodeId } from "./checks/duplicate-node-id.ts";
import { duplicateRunners } from "./checks/duplicate-runners.ts";
import { eventLoopLag } from "./checks/event-loop-lag.ts";
import { gatewayUnreachable } from "./checks/gateway-unreachable.ts";
import { heartbeatFieldsDropped } from "./checks/heartbeat-fields-dropped.ts";
import { heartbeatsRefused } from "./checks/heartbeats-refused.ts";
import { herdProcessMemory } from "./checks/herd-process-memory.ts";
import { legacyAgent } from "./checks/legacy-agent.ts";
import { memoryPressure } from "./checks/memory-pressure.ts";
import { mlxBackendActive } from "./checks/mlx-backend-active.ts";
import { mlxMemoryBlocked } from "./checks/mlx-memory-blocked.ts";
import { mlxRoutingDisabled } from "./checks/mlx-routing-disabled.ts";
import { mlxServerDown } from "./checks/mlx-server-down.ts";
import { mlxServerQuarantined } from "./checks/mlx-server-quarantined.ts";
import { modelsFileRefused } from "./checks/models-file-refused.ts";
import { noNodes } from "./checks/no-nodes.ts";
import { nodeDegraded } from "./checks/node-degraded.ts";
import { nodeFinding } from "./checks/node-finding.ts";
import { nodeOffline } from "./checks/node-offline.ts";
import { nodeWithoutModels } from "./checks/node-without-models.ts";
import { notificationFailing } from "./checks/notification-failing.ts";
import { onBattery } from "./checks/on-battery.ts";
import { pinsUnreadable } from "./checks/pins-unreadable.ts";
import { securityPosture } from "./checks/security-posture.ts";
import { swapUsage } from "./checks/swap-usage.ts";
import { textEmbeddingBackendMissing } from "./checks/text-embedding-backend-missing.ts";
import { traceStoreWriteFailures } from "./checks/trace-store-write-failures.ts";
import { underutilizedMemory } from "./checks/underutilized-memory.ts";
import { unknownBandwidth } from "./checks/unknown-bandwidth.ts";
import { versionMismatch } from "./checks/version-mismatch.ts";
import { versionUnknown } from "./checks/version-unknown.ts";
import { visionBackendMissing } from "./checks/vision-backend-missing.ts";

/** Checks of machines and of the router: what keeps requests from being served comes first. */
export const fleetChecks = [
  noNodes,
  nodeOffline,
  nodeDegraded,
  gatewayUnreachable,
  backendUnreachable,
  breakerOpen,
  connectionFailures,
  nodeWithoutModels,
  memoryPressure,
  swapUsage,
  underutilizedMemory,
  diskSpace,
  deviceHeat,
  cpuSaturation,
  onBattery,
  capacityPausedLong,
  clockSkew,
  duplicateNodeId,
  heartbeatsRefused,
  heartbeatFieldsDropped,
  nodeFinding,
  versionMismatch,
  versionUnknown,
  legacyAgent,
  unknownBandwidth,
  backendBypassClients,
  duplicateRunners,
  mlxBackendActive,
  mlxRoutingDisabled,
  mlxMemoryBlocked,
  mlxServerQuarantined,
  mlxServerDown,
  visionBackendMissing,
  textEmbeddingBackendMissing,
  securityPosture,
  traceStoreWriteFailures,
  databaseSize,
  modelsFileRefused,
  pinsUnreadable,
  herdProcessMemory,
  eventLoopLag,
  notificationFailing,
] as const satisfies readonly Check[];

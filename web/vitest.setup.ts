import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

configure({ asyncUtilTimeout: 8_000 }); // a loaded machine must not fail tests
afterEach(cleanup);
// Here, since the modules of all test files are shared: a mock of one file would come too late for what another loaded.
vi.mock("next/navigation", () => import("@/testing/navigation"));

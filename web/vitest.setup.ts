import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

configure({ asyncUtilTimeout: 8_000 }); // a loaded machine must not fail tests
afterEach(cleanup);

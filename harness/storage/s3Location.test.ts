import { expect, it } from "vitest";
import { StorageError } from "./checkpointStorage.ts";
import { parseS3Location, s3BaseUrl, s3Key } from "./s3Location.ts";

it("reads what the ecosystem announces", () => {
  expect(parseS3Location("s3://my-bucket/eu-central-1")).toEqual({ bucket: "my-bucket", region: "eu-central-1" });
  const inFolder = parseS3Location("s3://my.bucket/us-east-1/a_b/C.d");
  expect(inFolder).toEqual({ bucket: "my.bucket", region: "us-east-1", folder: "a_b/C.d" });
  expect(s3Key(inFolder, "x.json")).toBe("a_b/C.d/x.json");
});

it("asks Amazon's hosts, or the one endpoint", () => {
  expect(s3BaseUrl(parseS3Location("s3://my-bucket/eu-central-1/f"))).toBe(
    "https://my-bucket.s3.eu-central-1.amazonaws.com",
  );
  expect(s3BaseUrl(parseS3Location("s3://my.bucket/eu-central-1"))).toBe(
    "https://s3.eu-central-1.amazonaws.com/my.bucket",
  );
  expect(s3BaseUrl(parseS3Location("s3://my-bucket/cn-north-1"))).toBe(
    "https://my-bucket.s3.cn-north-1.amazonaws.com.cn",
  );
  expect(s3BaseUrl(parseS3Location("s3://my-bucket/x"), "http://127.0.0.1:9000/")).toBe(
    "http://127.0.0.1:9000/my-bucket",
  );
});

// Each would otherwise decide about the host or the path that is asked.
it.each([
  "s3://",
  "s3://bucket",
  "s3://bucket/",
  "s3:///region",
  "S3://bucket/region",
  "s3:bucket/region",
  "s3://bucket/region/",
  "s3://bucket/region/a/",
  "s3://bucket/region//a",
  "s3://bucket/region/../other",
  "s3://bucket/region/a/..",
  "s3://bucket/region/./a",
  "s3://bucket/region/a?b",
  "s3://bucket/region/a#b",
  "s3://bucket/region/a%2fb",
  "s3://bucket/region/a b",
  "s3://bucket/region/a\nb",
  "s3://bucket/region\n",
  "s3://bucket/127.0.0.1:80",
  "s3://bucket/evil.example",
  "s3://bucket/region@evil",
  "s3://evil.example:80/region",
  "s3://user@bucket/region",
  "s3://buck..et/region",
  "s3://.bucket/region",
  "s3://Bucket/region",
  "s3://bücket/region",
  "s3://ab/region",
  `s3://${"a".repeat(64)}/region`,
  `s3://bucket/region/${"a".repeat(1_024)}`,
])("refuses %j", (location) => {
  expect(() => parseS3Location(location)).toThrow(StorageError);
});

/** What a validator's objects are called in one kind of storage. */
export type ObjectNames = {
  latestIndex: string;
  announcement: string;
  metadata: string;
  reorgFlag: string;
  /** The signed checkpoint of an index. */
  checkpoint: (index: number) => string;
  /** The checkpoint of an index with a BLS signature. */
  blsCheckpoint: (index: number) => string;
};

const COMMON = {
  announcement: "announcement.json",
  metadata: "metadata_latest.json",
  reorgFlag: "reorg_flag.json",
};

export const FOLDER_NAMES: ObjectNames = {
  ...COMMON,
  latestIndex: "index.json",
  checkpoint: (index) => `${index}_with_id.json`,
  blsCheckpoint: (index) => `${index}_bls.json`,
};

export const S3_NAMES: ObjectNames = {
  ...COMMON,
  latestIndex: "checkpoint_latest_index.json",
  checkpoint: (index) => `checkpoint_${index}_with_id.json`,
  blsCheckpoint: (index) => `checkpoint_${index}_bls.json`,
};

"""Notices as a folder of Parquet files by month: what leaves a bulk run or a store, and what stores are merged from."""

//! One file per ipmitool verb.

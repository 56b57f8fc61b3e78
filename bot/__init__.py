"""The program people talk to: three front ends over one platform-free core."""

"""A disk that loses power: a file system in user space that writes down every change and every flush, and what is left of it
when the power goes at one of its moments. For tests/campaign; needs fusepy and libfuse2.

    python3 power_cut.py FOLDER MOUNT LOG      serves FOLDER at MOUNT, writes the log when it is unmounted

What is left is the worst that POSIX allows: of a file, what it held when it was last flushed, and of later writes a beginning or
nothing; of the names in a folder, those there when the folder was last flushed, and of later changes a beginning.
"""
import errno
import os
import pickle
import sys

CHANGES_OF_NAMES = {"create", "mkdir", "unlink", "rmdir", "rename", "link"}


def serve(root, mount, log):
    import fuse

    steps = []

    class Disk(fuse.Operations):
        use_ns = True

        def at(self, path):
            return os.path.join(root, path.lstrip("/"))

        def inode(self, path):
            return os.lstat(self.at(path)).st_ino

        def getattr(self, path, handle=None):
            facts = os.lstat(self.at(path))
            names = ("st_atime_ns", "st_ctime_ns", "st_mtime_ns", "st_gid", "st_mode", "st_nlink", "st_size", "st_uid", "st_ino")
            return {name.removesuffix("_ns"): getattr(facts, name) for name in names}

        def readdir(self, path, handle):
            return [".", "..", *os.listdir(self.at(path))]

        def open(self, path, flags):
            handle = os.open(self.at(path), flags & ~os.O_APPEND)
            if flags & os.O_TRUNC:
                steps.append(("truncate", self.inode(path), 0))
            return handle

        def create(self, path, mode, info=None):
            handle = os.open(self.at(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)
            steps.append(("create", path, self.inode(path)))
            return handle

        def read(self, path, size, offset, handle):
            return os.pread(handle, size, offset)

        def write(self, path, content, offset, handle):
            steps.append(("write", os.fstat(handle).st_ino, offset, bytes(content)))
            return os.pwrite(handle, content, offset)

        def truncate(self, path, length, handle=None):
            steps.append(("truncate", self.inode(path), length))
            os.truncate(self.at(path), length)

        def fsync(self, path, only_data, handle):
            steps.append(("flush", os.fstat(handle).st_ino))
            return 0

        def fsyncdir(self, path, only_data, handle):
            steps.append(("flush_names", path))
            return 0

        def flush(self, path, handle):
            return 0

        def release(self, path, handle):
            os.close(handle)

        def mkdir(self, path, mode):
            os.mkdir(self.at(path), mode)
            steps.append(("mkdir", path))

        def rmdir(self, path):
            os.rmdir(self.at(path))
            steps.append(("rmdir", path))

        def unlink(self, path):
            os.unlink(self.at(path))
            steps.append(("unlink", path))

        def rename(self, old, new):
            os.rename(self.at(old), self.at(new))
            steps.append(("rename", old, new))

        def link(self, target, source):
            # fusepy names the new path first
            os.link(self.at(source), self.at(target))
            steps.append(("link", source, target))

        def chmod(self, path, mode):
            os.chmod(self.at(path), mode)

        def chown(self, path, user, group):
            os.chown(self.at(path), user, group)

        def utimens(self, path, times=None):
            os.utime(self.at(path))

        def access(self, path, mode):
            if not os.access(self.at(path), mode):
                raise fuse.FuseOSError(errno.EACCES)

        def statfs(self, path):
            facts = os.statvfs(self.at(path))
            return {name: getattr(facts, name) for name in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_frsize")}

        def destroy(self, path):
            with open(log, "wb") as out:
                pickle.dump(steps, out)

    fuse.FUSE(Disk(), mount, foreground=True, nothreads=True)


def folder_of(path):
    return os.path.dirname(path) or "/"


def left(steps, moment, dice):
    """The folders, and the contents by name, that are left when the power goes after so many steps."""
    steps = steps[:moment]
    # names: of each folder, the changes before its last flush are there; of the others a beginning
    flushed = {}
    for place, step in enumerate(steps):
        if step[0] == "flush_names":
            flushed[step[1].rstrip("/") or "/"] = place
    waiting = {}
    for place, step in enumerate(steps):
        if step[0] in CHANGES_OF_NAMES:
            folder = folder_of(step[-1] if step[0] in ("rename", "link") else step[1])
            if place > flushed.get(folder, -1):
                waiting.setdefault(folder, []).append(place)
    lost = set()
    for places in waiting.values():
        lost.update(places[dice.choice([0, len(places), dice.randrange(len(places) + 1)]):])
    # contents: what was flushed, and a beginning of what was written since
    last_flush = {step[1]: place for place, step in enumerate(steps) if step[0] == "flush"}
    content, since = {}, {}
    for place, step in enumerate(steps):
        if step[0] == "create":
            content.setdefault(step[2], bytearray())
        elif step[0] in ("write", "truncate"):
            if place <= last_flush.get(step[1], -1):
                apply(content.setdefault(step[1], bytearray()), step)
            else:
                since.setdefault(step[1], []).append(step)
    for inode, later in since.items():
        for step in later[: dice.choice([0, len(later), dice.randrange(len(later) + 1)])]:
            apply(content.setdefault(inode, bytearray()), step)
    folders, names = {"/"}, {}
    for place, step in enumerate(steps):
        if place in lost or step[0] not in CHANGES_OF_NAMES:
            continue
        if step[0] == "create":
            names[step[1]] = step[2]
        elif step[0] == "mkdir":
            folders.add(step[1])
        elif step[0] == "rmdir":
            folders.discard(step[1])
        elif step[0] == "unlink":
            names.pop(step[1], None)
        elif step[0] == "link" and step[1] in names:
            names[step[2]] = names[step[1]]
        elif step[0] == "rename":
            if step[1] in names:
                names[step[2]] = names.pop(step[1])
    reached = lambda path: path == "/" or (path in folders and reached(folder_of(path)))
    folders = {folder for folder in folders if reached(folder)}
    return folders, {name: bytes(content[inode]) for name, inode in names.items() if folder_of(name) in folders}


def apply(content, step):
    if step[0] == "truncate":
        del content[step[2]:]
        content.extend(bytes(step[2] - len(content)))
    else:
        _, _, offset, written = step
        content.extend(bytes(max(0, offset - len(content))))
        content[offset:offset + len(written)] = written


def write(folders, names, root):
    """Puts what is left into a folder."""
    for folder in sorted(folders):
        os.makedirs(os.path.join(root, folder.lstrip("/")), exist_ok=True)
    for name, content in names.items():
        with open(os.path.join(root, name.lstrip("/")), "wb") as out:
            out.write(content)


if __name__ == "__main__":
    serve(*sys.argv[1:4])

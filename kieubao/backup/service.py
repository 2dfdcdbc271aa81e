"""Making backups. They are restored where no database is yet, and so nobody to ask: see `restoration`."""

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.backup.archive import Progress
from kieubao.backup.shelf import Made, Shelf


@use_case(Permission.BACKUP_MAKE, Shape.READ, everyone=True)
def create(actor: Actor, shelf: Shelf, progress: Progress) -> Made:
    """Make a backup of one state of the database, while others write. `Shelf.keep` what comes back."""
    made = shelf.make(progress)
    note(found=made.rows, backup=made.path.name, tables=made.tables, digest=made.digest)
    return made


@use_case(Permission.BACKUP_MAKE)
def record_precaution(actor: Actor, made: Made, revision: str) -> None:
    """Write down the backup that was made before a migration, when the trail could not be written to."""
    note(found=made.rows, backup=made.path.name, tables=made.tables, digest=made.digest, revision=revision)

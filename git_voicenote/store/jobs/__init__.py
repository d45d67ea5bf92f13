"""Jobs of the service: files that were uploaded, and what was heard in them.

    jobs = Jobs(state_dir(repository.state_dir))
    jobs.add(job)                               # its sound is in jobs.folder(job.id) by then
    while (task := jobs.take()) is not None:    # the next queued file, which is running now
        jobs.finish(task, result)
    jobs.resume()                               # at start: what was running is queued again
    jobs.all(), jobs.job(id), jobs.cancel(id), jobs.retry(id), jobs.delete(id)

All methods raise StoreError.
"""

from git_voicenote.store.jobs.jobs import Jobs
from git_voicenote.store.jobs.values import Failure, Job, JobFile, JobState, Result, Task

__all__ = ["Failure", "Job", "JobFile", "JobState", "Jobs", "Result", "Task"]

"""Decides nothing: the addresses of the QuickBooks pages."""

from django.urls import path

from tieout.web.integrations import (
    confirm,
    connect,
    exports,
    health,
    linking,
    manage,
    needs_you,
    records,
    review,
    review_decide,
    webhooks,
    wizard,
)

MANAGE = "settings/integrations/quickbooks/"

urlpatterns = [
    path("settings/integrations/", manage.integrations, name="integrations"),
    path(MANAGE, manage.manage, name="quickbooks"),
    path(MANAGE + "sync-now/", manage.sync_now, name="quickbooks-sync-now"),
    path(MANAGE + "pause/", manage.pause, name="quickbooks-pause"),
    path(MANAGE + "resume/", manage.resume, name="quickbooks-resume"),
    path(MANAGE + "disconnect/", manage.disconnect, name="quickbooks-disconnect"),
    path(MANAGE + "activity/", health.activity, name="quickbooks-activity"),
    path(MANAGE + "activity/export.csv", exports.activity, name="quickbooks-activity-export"),
    path(MANAGE + "needs-you/", needs_you.issues, name="quickbooks-issues"),
    path(MANAGE + "needs-you/decide/", needs_you.decide, name="quickbooks-decide"),
    path(MANAGE + "needs-you/undo/", needs_you.undo, name="quickbooks-undo"),
    path(MANAGE + "needs-you/moving/", needs_you.moving, name="quickbooks-moving"),
    path(MANAGE + "needs-you/export.csv", exports.issues, name="quickbooks-issues-export"),
    path(MANAGE + "link/<slug:entity>/<slug:side>/<slug:record_id>/", linking.choose, name="quickbooks-link"),
    path(
        MANAGE + "link/<slug:entity>/<slug:side>/<slug:record_id>/save/",
        linking.link,
        name="quickbooks-link-save",
    ),
    path(MANAGE + "record/<slug:entity>/<slug:record_id>/", records.decide, name="quickbooks-record"),
    path(MANAGE + "connect/", connect.before, name="quickbooks-connect"),
    path(MANAGE + "connect/start/", connect.start, name="quickbooks-start"),
    path(MANAGE + "connected/", connect.landing, name="quickbooks-connected"),
    path(MANAGE + "clients/", wizard.choose, name="quickbooks-clients"),
    path(MANAGE + "clients/counts/", wizard.counts, name="quickbooks-clients-counts"),
    path(MANAGE + "clients/progress/", wizard.progress, name="quickbooks-clients-progress"),
    path(MANAGE + "clients/cancel/", wizard.cancel, name="quickbooks-clients-cancel"),
    path(MANAGE + "clients/review/", review.bucket, name="quickbooks-clients-review"),
    path(MANAGE + "clients/review/<slug:slug>/", review.bucket, name="quickbooks-clients-review"),
    path(
        MANAGE + "clients/review/<slug:slug>/export.csv",
        exports.review_list,
        name="quickbooks-clients-review-export",
    ),
    path(MANAGE + "clients/decide/", review_decide.decide, name="quickbooks-review-decide"),
    path(MANAGE + "clients/undo/", review_decide.undo, name="quickbooks-review-undo"),
    path(MANAGE + "clients/row/<int:row_id>/", review_decide.choose, name="quickbooks-review-link"),
    path(MANAGE + "clients/confirm/", confirm.confirm, name="quickbooks-clients-confirm"),
    path(MANAGE + "clients/confirm/export.csv", confirm.export, name="quickbooks-clients-confirm-export"),
    path(MANAGE + "clients/create-new/", review.create_new, name="quickbooks-clients-create-new"),
    path(MANAGE + "clients/sync/", review.apply, name="quickbooks-clients-apply"),
    path(MANAGE + "clients/done/", review.done, name="quickbooks-clients-done"),
    path("integrations/quickbooks/callback", connect.callback, name="quickbooks-callback"),
    path("integrations/quickbooks/disconnected", connect.disconnected, name="quickbooks-disconnected"),
    path("integrations/quickbooks/reconnect", connect.reconnect, name="quickbooks-reconnect"),
    path("webhooks/quickbooks", webhooks.quickbooks, name="quickbooks-webhook"),
]
